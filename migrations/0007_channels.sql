-- Up Migration
-- More ways to tell people.

alter table contact_method drop constraint contact_method_channel_check;
alter table contact_method add constraint contact_method_channel_check check (channel in
  ('sms', 'app', 'web_push', 'jpush', 'voice', 'email', 'webhook', 'wecom', 'dingtalk', 'feishu', 'log'));

-- Down Migration
-- No way back: restore from a backup instead.
