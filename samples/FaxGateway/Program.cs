using FaxGateway;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;

// The main job from end to end: applications compose mail, the transport routes it into Drop directories, a fax gateway empties one of them
// and answers through Replay; meanwhile the same over connections. No arguments, no services, ends by itself. --root DIR keeps the files in
// a place of your choice.
if (FaxProgram.TryRun(args) is { } exitCode)
    return exitCode;
var root = new MailRoot(args is ["--root", var chosen] ? chosen : Path.Combine(Path.GetTempPath(), $"faxgateway-{Environment.ProcessId}"));
Console.WriteLine($"Mail root: {root.Path}");

// The same job over connections, meanwhile: SMTP in, a program and a web service as gateways, and SMTP home.
var connections = new Connections(Path.Combine(root.Path, "connections")).RunAsync();

var line = new FaxLine();
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddForeignConnectors(options =>
{
    options.Transport.BaseDirectory = root.Path;
    options.Transport.ServerName = "HUB01";
    options.Transport.AcceptedDomains.Add("contoso.com");
    options.Transport.PickupDirectoryPath = "pickup";
    options.Transport.ReplayDirectoryPath = "replay";
    options.Transport.SettleTime = TimeSpan.Zero;
    options.Transport.MessageRetryInterval = TimeSpan.FromSeconds(1);
    options.Transport.MessageTrackingLogPath = "logs";
    options.Connectors["Contoso Fax"] = new() { AddressSpaces = { "FAX:*" }, DropDirectory = "fax", CreateDropDirectory = true };
    options.Connectors["Fax line"] = new() { AddressSpaces = { "FAX:+44*" }, Factory = _ => line };
    options.Connectors["Partner"] =
        new() { AddressSpaces = { "*.partner.example;5" }, DropDirectory = "partner", CreateDropDirectory = true };
    options.Connectors["Mailboxes"] = new() { AddressSpaces = { "contoso.com" }, DropDirectory = "mailboxes", CreateDropDirectory = true };
});
using var host = builder.Build();
host.Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();
var transport = host.Services.GetRequiredService<ForeignConnectorTransport>();
var routing = host.Services.GetRequiredService<TransportState>().Current;

// A root of your choice may hold the files of an earlier run.
var known = (await root.ReadDropsAsync()).Select(file => file.FileName).ToHashSet();

// 1. Mail comes in, in all the forms it really has.
SampleMail.SendWithSystemNetMail(root.Pickup);
SampleMail.SendWithMimeKit(root.Pickup);
SampleMail.TypeByHand(root.Pickup);
SampleMail.ExportToReplay(root.Replay);
SampleMail.SendThroughTheLine(root.Pickup);
SampleMail.BreakOne(root.Pickup);
var (intake, _) = await transport.ProcessPendingAsync();
var story = (await root.ReadDropsAsync()).Where(file => known.Add(file.FileName)).ToList();

// 2. The gateway empties its Drop directory and answers through Replay; the answers take the same way.
var faxes = await new StandInGateway(root.Drop("fax"), root.Replay).RunAsync();
await transport.ProcessPendingAsync();
story.AddRange((await root.ReadDropsAsync()).Where(file => known.Add(file.FileName)));

// 3. The line was busy: the fax is tried again after a second, by the host. One number does not exist: its sender gets a report, like any
// other mail.
await host.StartAsync();
await line.Answered.WaitAsync(TimeSpan.FromSeconds(10));
await host.StopAsync();
story.AddRange((await root.ReadDropsAsync()).Where(file => known.Add(file.FileName)));

// 4. What went where, and why.
AnsiConsole.Write(Report.Deliveries(story, routing));
AnsiConsole.Write(Report.Calls(line.Calls, routing));
foreach (var report in story.Where(file => file.ReportText is not null))
    AnsiConsole.Write(
        new Panel(report.ReportText!.EscapeMarkup()).Header($"report to {report.Envelope.Recipients[0].Address}".EscapeMarkup()));
AnsiConsole.MarkupLine($"The gateway sent [bold]{faxes}[/] faxes and confirmed each of them.");
foreach (var reason in Directory.EnumerateFiles(root.Pickup, "*.bad.txt"))
    AnsiConsole.Write(
        new Panel(File.ReadAllText(reason).TrimEnd().EscapeMarkup()).Header($"badmail: {Path.GetFileName(reason)}".EscapeMarkup()));

var (overConnections, isHome) = await connections;
AnsiConsole.Write(overConnections);

// Two faxes, two messages to the partner, two to mailboxes, a confirmation for each fax and one report; one fax through the line. Anything
// else is a defect.
return Report.IsComplete(story, line.Calls, intake.BadMail, root) && isHome ? 0 : 1;
