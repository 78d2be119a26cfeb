"""What an owner's accent colour makes of the look: the colours and icons that site, backend and mails share."""
