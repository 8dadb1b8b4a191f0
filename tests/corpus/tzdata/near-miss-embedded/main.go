// It has a database of its own.
// tags: timetzdata
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation("Europe/Paris"))
}
