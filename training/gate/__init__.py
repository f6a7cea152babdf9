"""The gate's network: it tells frontal chest films from everything else, and which way up they lie."""
