// What is replaced in a text are names of its own, or other variables.
package main

import (
	"fmt"
	"os"
)

func place(name string) string {
	return map[string]string{"HOME": "/srv/app"}[name]
}

func main() {
	fmt.Println(os.Expand("$HOME/config", place))
	fmt.Println(os.ExpandEnv("$APP_HOME/config"))
}
