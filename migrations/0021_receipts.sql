-- Up Migration
-- Receipts come by the hundred after a burst, and each is looked up by the id it names: not through a list of what has not
-- been sorted in yet.
alter index delivery_attempt_by_provider_id set (fastupdate = off);
select gin_clean_pending_list('delivery_attempt_by_provider_id');

-- Each change of a notification writes all its indexes: the unique one begins with the incident, and what is asked by address
-- asks for the last attempts.
drop index notification_by_incident;
drop index notification_by_address;

-- Down Migration
-- No way back: restore from a backup instead.
