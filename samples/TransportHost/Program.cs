using TransportHost;

// A long-running embedding, driven by appsettings.json below --contentRoot. Everything it does is in the library; this is the part an application writes.
ConsoleWriter.Install();
if (!CommandLine.TryParse(args, out var command, out var error))
{
    Console.Error.WriteLine(error);
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}
return command switch
{
    { Explain: not null } => await Commands.ExplainAsync(command),
    { Queue: { } queue } => await Commands.QueueAsync(command, queue),
    { Once: true } => await Commands.OnceAsync(command),
    _ => await Commands.RunAsync(command),
};
