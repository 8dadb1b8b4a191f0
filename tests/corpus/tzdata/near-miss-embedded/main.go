// It has a database of its own.
// go: 1.15
// tags: timetzdata
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println(time.LoadLocation("Europe/Paris"))
}
