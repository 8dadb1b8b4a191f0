// The functions of the first releases.
// finds: the folder for temporary files
package main

import (
	"fmt"
	"io/ioutil"
)

func main() {
	fmt.Println(ioutil.TempFile("", "app"))
	fmt.Println(ioutil.TempDir("", "app"))
}
