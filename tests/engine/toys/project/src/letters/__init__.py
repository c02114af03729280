"""A second made-up product: how many letters a postman's round brings; task and family are own."""
