"""What `bytespike` asks by itself: requests, attachments, curl lines, conversations."""
