// UTC needs no database.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation("UTC"))
}
