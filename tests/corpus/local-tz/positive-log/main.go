// finds: the local time
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import "log"

func main() {
	log.Println("started")
}
