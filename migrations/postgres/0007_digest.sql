-- How many messages somebody was sent in a week, read without the history: by instant, whatever the kind.
CREATE INDEX message_sent ON message (workspace, recipient, at) WHERE delivery = 'sent';
