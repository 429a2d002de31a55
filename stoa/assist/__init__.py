"""Where shop and contact meet: the radar of live visits, proposals to the cart."""
