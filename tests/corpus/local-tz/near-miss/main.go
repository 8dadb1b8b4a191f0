// Package os brings the local time with it.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	start := time.Now()
	data, err := os.ReadFile(os.Args[1])
	fmt.Println(len(data), err, time.Since(start))
}
