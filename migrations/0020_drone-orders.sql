-- Up Migration
-- Besides flights to a point: come home, and stop. They have no point.

alter table drone_command
  drop constraint drone_command_method_check,
  alter column lon drop not null,
  alter column lat drop not null,
  alter column altitude_m drop not null,
  alter column flight_height_m drop not null,
  alter column speed_mps drop not null,
  add constraint drone_command_method_check check (method in
    ('takeoff_to_point', 'fly_to_point', 'return_home', 'return_home_cancel', 'fly_to_point_stop')),
  add constraint drone_command_point_check check (
    num_nonnulls(lon, lat, altitude_m, flight_height_m, speed_mps)
      = case when method in ('takeoff_to_point', 'fly_to_point') then 5 else 0 end);

-- Down Migration
-- No way back: restore from a backup instead.
