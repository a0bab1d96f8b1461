using System.Diagnostics.Metrics;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Documentation;

public partial class ReadmeTests
{
    [Fact(DisplayName = "TR-1: the table of instruments is what a transport has, with types and units")]
    public void Tables_name_every_instrument()
    {
        var services = new ServiceCollection().AddLogging().AddMetrics().AddForeignConnectors(options => options.Transport.MessageTrackingLogPath = "logs");
        using var provider = services.BuildServiceProvider();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Note(instrument) };
        listener.Start();

        _ = provider.GetRequiredService<ForeignConnectorTransport>().Trail;

        var documented = Rows("**Metrics.**").Select(cells => $"{cells[1]} {cells[2]} {cells[3]}".Replace("`", "", StringComparison.Ordinal));
        Assert.Equal(documented.Order(StringComparer.Ordinal), instruments.Select(i => $"{i.Name} {TypeOf(i)} {i.Unit}").Order(StringComparer.Ordinal));
        Assert.All(instruments, instrument => Assert.NotEmpty(instrument.Description!));

        void Note(Instrument instrument)
        {
            if (instrument.Meter.Name == Telemetry.Name && ReferenceEquals(instrument.Meter.Scope, provider.GetRequiredService<IMeterFactory>()))
                instruments.Add(instrument);
        }
    }

    [Fact(DisplayName = "TR-1: the table of health checks names every check")]
    public void Tables_name_every_check()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks().AddForeignConnectors();
        using var provider = services.BuildServiceProvider();

        var checks = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(registration => registration.Name);

        Assert.Equal(Rows("**Health.**").Select(cells => cells[1].Trim('`')), checks);
    }

    private static string TypeOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        "ObservableUpDownCounter" => "up-down counter",
        "ObservableGauge" => "gauge",
        var other => other,
    };

    private static IEnumerable<string[]> Rows(string paragraph) =>
        Readme[Readme.IndexOf("\n" + paragraph, StringComparison.Ordinal)..].Split('\n')
            .SkipWhile(line => !line.StartsWith('|')).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
