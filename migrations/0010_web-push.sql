-- Up Migration
-- Browsers that people have subscribed with. A person's web_push contact is there while one of them is; who removes the
-- contact removes the subscriptions with it.

create table push_subscription (
  id uuid primary key,
  contact_id uuid not null references contact_method (id) on delete cascade,
  -- Where the browser's push service takes messages for it: whoever knows it and the keys can write to the person.
  endpoint text not null unique check (length(endpoint) <= 2048),
  -- The browser's public key and secret, base64url (RFC 8291).
  p256dh text not null,
  auth text not null,
  user_agent text not null,
  created_at timestamptz not null,
  last_success_at timestamptz,
  last_error_at timestamptz,
  last_error text,
  check ((last_error_at is null) = (last_error is null))
);
create index push_subscription_by_contact on push_subscription (contact_id, created_at);

-- Down Migration
-- No way back: restore from a backup instead.
