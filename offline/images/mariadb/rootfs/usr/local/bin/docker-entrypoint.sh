#!/bin/bash
# Start MariaDB as the official image does: data in /var/lib/mysql, database and user from the environment.
set -o errexit -o nounset -o pipefail
data=/var/lib/mysql
settings=/tmp/init.sql

if [[ ! -d $data/mysql ]]; then
  mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db >/dev/null
fi
# one statement a line: that is how --init-file is read
cat >"$settings" <<END
CREATE DATABASE IF NOT EXISTS \`${MARIADB_DATABASE:-default}\`;
CREATE USER IF NOT EXISTS '$MARIADB_USER'@'%' IDENTIFIED BY '$MARIADB_PASSWORD';
GRANT ALL ON *.* TO '$MARIADB_USER'@'%';
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
END
exec mariadbd --no-defaults --datadir="$data" --socket=/tmp/mysqld.sock --pid-file=/tmp/mysqld.pid \
  --bind-address=0.0.0.0 --port=3306 --skip-name-resolve --init-file="$settings" \
  --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \
  --innodb-buffer-pool-size=64M --performance-schema=OFF "$@"
