#!/bin/sh
# Starts Mosquitto and makes it reload (SIGHUP) whenever the api role has written new logins or rules.
#
# SHARED_DIR is where the api writes `passwd` and `acl` (its MOSQUITTO_DIR); AUTH_DIR holds the broker's own
# copies, because Mosquitto wants to own them and the api runs as another user.
set -eu

: "${SHARED_DIR:=/mosquitto/shared}" "${AUTH_DIR:=/mosquitto/auth}" "${CONFIG:=/mosquitto/config/mosquitto.conf}"
# The user of the api's container (node), who must be able to write into the shared folder.
: "${API_UID:=1000}"
: "${MQTT_USER:?set the user name in MQTT_URL}" "${MQTT_PASSWORD:?set the password in MQTT_URL}"

install_file() { # from, to
  cp "$1" "$2.new"
  chmod 0600 "$2.new"
  if [ "$(id -u)" = 0 ]; then chown mosquitto "$2.new"; fi
  mv "$2.new" "$2"
}

# True when something was new.
take_shared() {
  taken=1
  for name in acl passwd; do
    if [ -f "$SHARED_DIR/$name" ] && ! cmp -s "$SHARED_DIR/$name" "$AUTH_DIR/$name"; then
      install_file "$SHARED_DIR/$name" "$AUTH_DIR/$name"
      taken=0
    fi
  done
  return $taken
}

mkdir -p "$SHARED_DIR" "$AUTH_DIR"
if [ "$(id -u)" = 0 ]; then
  chown "$API_UID" "$SHARED_DIR"
  chown mosquitto "$AUTH_DIR"
  # The first save of the session store comes after root was given up.
  if [ -d /mosquitto/data ]; then chown -R mosquitto /mosquitto/data; fi
fi
chmod 0755 "$SHARED_DIR"
chmod 0700 "$AUTH_DIR"

# Until the api has written its files only the service itself may come in.
first=$(mktemp -d)
printf 'user %s\ntopic readwrite #\n' "$MQTT_USER" >"$first/acl"
: >"$first/passwd"
mosquitto_passwd -b "$first/passwd" "$MQTT_USER" "$MQTT_PASSWORD"
install_file "$first/acl" "$AUTH_DIR/acl"
install_file "$first/passwd" "$AUTH_DIR/passwd"
rm -r "$first"
take_shared || true

mosquitto -c "$CONFIG" &
broker=$!
trap 'kill -TERM $broker 2>/dev/null || true' TERM INT

while kill -0 $broker 2>/dev/null; do
  sleep 1 &
  wait $! || true
  if take_shared; then kill -HUP $broker 2>/dev/null || true; fi
done
wait $broker
