package sqlrows

import "context"

// Each runs a query and calls one for every row of its result.
func Each(ctx context.Context, q Querier, query string, args []any, one func(Rows) error) error {
	rows, err := q.Query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := one(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
