// finds: github.com/mattn/go-sqlite3
// targets: linux/amd64 linux/arm64 windows/amd64 darwin/arm64
package main

import (
	"database/sql"
	"fmt"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	database, err := sql.Open("sqlite3", ":memory:")
	if err == nil {
		err = database.Ping()
	}
	fmt.Println(err)
}
