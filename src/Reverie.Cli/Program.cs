using Reverie.Cli;

var watch = ProgramEnd.Watch();
var code = await CommandLine.RunAsync(args, StandardOutput.Claim(), Console.Error);
GC.KeepAlive(watch);
ProgramEnd.With(code);
