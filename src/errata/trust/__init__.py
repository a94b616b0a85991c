"""How far the categories can be trusted: experts, published counts, other atlases, chance."""
