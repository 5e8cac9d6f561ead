-- Up Migration
-- What a message's receipts are known by when a crash has swallowed the answer that named its ids.

-- The next for each message, round and round, so that two of the same number lie as far apart as can be. Never 0: some
-- centres report that of messages that had none.
create sequence message_reference minvalue 1 maxvalue 1023 cycle;

-- The same in the attempts of all notifications that go out in one message.
alter table delivery_attempt add column message_reference integer check (message_reference between 1 and 1023);

-- As the provider echoes it: the message's and which part of it.
alter table receipt add column reference integer check (reference between 0 and 65535);
create index receipt_unmatched_reference on receipt (provider, reference)
  where notification_id is null and reference is not null;

-- Down Migration
-- No way back: restore from a backup instead.
