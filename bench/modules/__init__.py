"""What a browser downloads for each part of the front end."""
