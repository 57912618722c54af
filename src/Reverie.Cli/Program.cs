using Reverie.Cli;

ProgramEnd.Watch();
ProgramEnd.With(await CommandLine.RunAsync(args, StandardOutput.Claim(), Console.Error));
