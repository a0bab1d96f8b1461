using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql.Tests;

/// <summary>
/// A PostgreSQL of these tests alone: made in a temporary directory, run by an ordinary user on the loopback, and stopped at the end.
/// Tests are skipped where PostgreSQL is not installed, unless FC_REQUIRE_PEERS is 1.
/// </summary>
public sealed class Cluster : IAsyncLifetime
{
    private static int _databases;

    private readonly string _data = Path.Combine(Path.GetTempPath(), "fc-pg-" + Guid.NewGuid().ToString("N")[..12]);
    private readonly int _port = FreePort();
    private string? _missing;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(path => File.Exists(Path.Combine(path, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    public async ValueTask InitializeAsync()
    {
        if (Programs is null)
        {
            _missing = "PostgreSQL is not installed (apt-get install postgresql)";
            return;
        }
        Directory.CreateDirectory(_data);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", _data);
        await RunAsUserAsync("initdb", "-D", _data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C");
        await File.AppendAllTextAsync(Path.Combine(_data, "postgresql.conf"), string.Create(
            CultureInfo.InvariantCulture,
            $"""

            listen_addresses = '127.0.0.1'
            port = {_port}
            unix_socket_directories = ''
            max_connections = 100

            """));
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_missing is null)
        {
            await StopAsync("immediate");
            Directory.Delete(_data, recursive: true);
        }
    }

    public Task StartAsync() => RunAsUserAsync("pg_ctl", "-D", _data, "-w", "-l", Path.Combine(_data, "log"), "start");

    public Task StopAsync(string mode = "fast") => RunAsUserAsync("pg_ctl", "-D", _data, "-w", "-m", mode, "stop");

    /// <summary>A new database, owned by an account without any right of its own; the test is skipped where there is no server.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        Require();
        var name = string.Create(CultureInfo.InvariantCulture, $"d{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(ConnectionString("postgres", "postgres"),
            "do $$ begin if not exists (select from pg_roles where rolname = 'mail') then create role mail login; end if; end $$");
        await ExecuteAsync(ConnectionString("postgres", "postgres"), $"create database {name} owner mail");
        return ConnectionString(name, "mail");
    }

    public static string AsAdministrator(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = "postgres" }.ConnectionString;

    public static async Task ExecuteAsync(string connectionString, string text)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<long> CountAsync(string connectionString, string table)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand($"select count(*) from foreignconnector.{table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private void Require()
    {
        if (_missing is null)
            return;
        Assert.False(Environment.GetEnvironmentVariable("FC_REQUIRE_PEERS") == "1", _missing);
        Assert.Skip(_missing);
    }

    private string ConnectionString(string database, string user) =>
        $"Host=127.0.0.1;Port={_port};Database={database};Username={user};Maximum Pool Size=20;Timeout=10";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // PostgreSQL refuses to be run by root.
    private static Task RunAsUserAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        // The server inherits the pipes, so their end is not waited for.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!process.HasExited)
            await Task.Delay(20, patience.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
