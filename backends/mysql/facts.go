package mysql

import (
	"context"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
)

// facts are what is known of a server from when it was connected to.
type facts struct {
	mariaDB  bool
	version  version
	database string // that is connected to, or empty
	// statementLog tells that the server logs statements, and so refuses
	// writes in transactions that read what was committed in the meantime.
	statementLog bool
	// rollsBackOnTimeout tells that waiting for a lock in vain undoes the whole
	// transaction and not only the statement.
	rollsBackOnTimeout bool
	// maxPacket is the size of the largest statement, in bytes.
	maxPacket int
}

// version is that of a server, such as 10, 11, 19.
type version struct{ major, minor, patch int }

// parseVersion reads what VERSION() returns, such as 8.4.2 or
// 10.11.19-MariaDB-1.
func parseVersion(text string) (v version, mariaDB bool) {
	mariaDB = strings.Contains(strings.ToLower(text), "mariadb")
	if mariaDB {
		text = strings.TrimPrefix(text, "5.5.5-") // what some put before it, for old replicas
	}
	text, _, _ = strings.Cut(text, "-")
	parts := strings.SplitN(text, ".", 3)
	for i, to := range []*int{&v.major, &v.minor, &v.patch} {
		if i < len(parts) {
			*to, _ = strconv.Atoi(parts[i])
		}
	}
	return v, mariaDB
}

// atLeast reports whether v is a version or a later one.
func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

func (v version) String() string {
	return strconv.Itoa(v.major) + "." + strconv.Itoa(v.minor) + "." + strconv.Itoa(v.patch)
}

// product is what people call the server.
func (f *facts) product() string {
	if f.mariaDB {
		return "MariaDB " + f.version.String()
	}
	return "MySQL " + f.version.String()
}

// variables are those that facts are made of. A server that does not know one
// does not list it.
const variables = `SHOW VARIABLES WHERE Variable_name IN
	('version', 'log_bin', 'binlog_format', 'innodb_rollback_on_timeout', 'max_allowed_packet')`

// readFacts asks a server for what is to be known of it.
func readFacts(ctx context.Context, q sqlrows.Querier, database string) (*facts, error) {
	values := map[string]string{}
	err := sqlrows.Each(ctx, q, variables, nil, func(rows sqlrows.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		values[name] = value
		return err
	})
	if err != nil {
		return nil, err
	}
	f := &facts{database: database}
	f.version, f.mariaDB = parseVersion(values["version"])
	f.statementLog = isOn(values["log_bin"]) && values["binlog_format"] == "STATEMENT"
	f.rollsBackOnTimeout = isOn(values["innodb_rollback_on_timeout"])
	f.maxPacket, _ = strconv.Atoi(values["max_allowed_packet"])
	return f, nil
}

func isOn(value string) bool { return value == "ON" || value == "1" }
