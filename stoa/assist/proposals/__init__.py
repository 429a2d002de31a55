"""What an agent proposes for the cart and the customer accepts or refuses."""
