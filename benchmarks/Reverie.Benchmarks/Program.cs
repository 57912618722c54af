using Reverie.Benchmarks;

if (args is ["pictures"])
    PictureTable.Print(Console.Out);
else if (args is ["car_racing"])
    CarRacingTable.Print(Console.Out);
else if (args is ["precision", var one, var other])
    PrecisionTable.Print([one, other], Console.Out);
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
