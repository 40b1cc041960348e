"""MethodPDEFoam: densities in cells that are cut where they differ most."""
