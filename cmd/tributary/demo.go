package main

import "github.com/spf13/cobra"

const demoStore = "tributary-demo.db"

func demoCommand(p *program) *cobra.Command { return &cobra.Command{Use: "demo"} }
