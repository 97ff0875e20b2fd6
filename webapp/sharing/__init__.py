"""Who may read what: the door through which pages and the API reach predictions and scores of a request, and links that open it."""
