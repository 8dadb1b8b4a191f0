// UTC needs no database, and another variable is no zone.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	os.Setenv("TZ", "UTC")
	os.Setenv("REGION", "Europe/Paris")
	fmt.Println(time.Now())
}
