using TransportHost;

// A long-running embedding, driven by appsettings.json below --contentRoot. Everything it does is in the library; this is the part an
// application writes.
var patience = TimeSpan.FromSeconds(5);
var log = new LogWriter(StandardStream.OpenError());
Console.SetError(log);
try
{
    if (!CommandLine.TryParse(args, out var command, out var error))
    {
        Console.Error.WriteLine(error);
        Console.Error.WriteLine(CommandLine.Usage);
        return 2;
    }
    // A host and a round end whether their output is read or not; lists and explanations are paged through.
    Console.SetOut(
        new ConsoleWriter(StandardStream.OpenOutput(), command is { Explain: null, Queue: null } ? patience : Timeout.InfiniteTimeSpan));
    return command switch
    {
        { Explain: not null } => await Commands.ExplainAsync(command),
        { CreateSchema: true } => await Commands.CreateSchemaAsync(command),
        { Queue: { } queue } => await Commands.QueueAsync(command, queue),
        { Once: true } => await Commands.OnceAsync(command),
        _ => await Commands.RunAsync(command),
    };
}
finally
{
    log.Finish(patience);
}
