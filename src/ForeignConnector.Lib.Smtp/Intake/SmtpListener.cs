using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ForeignConnector.Lib.Smtp.Intake;

/// <summary>Takes connections: those of allowed networks, as many at a time as there may be. All others get one line.</summary>
internal sealed class SmtpListener : IDisposable
{
    // Clients that are sent away; beyond that they are hung up on.
    private const int MaxFarewells = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SmtpIntakeSettings _settings;
    private readonly IPNetwork[] _networks;
    private readonly Socket[] _sockets;
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private int _open;
    private int _farewells;

    /// <summary>Takes the endpoints; nobody is served yet.</summary>
    /// <exception cref="IOException">An endpoint cannot be had.</exception>
    public SmtpListener(SmtpIntakeSettings settings)
    {
        _settings = settings;
        _networks = [.. settings.Options.AllowedNetworks.Select(IPNetwork.Parse)];
        var sockets = new List<Socket>();
        try
        {
            foreach (var text in settings.Options.Endpoints)
                sockets.Add(Bind(text));
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
        _sockets = [.. sockets];
    }

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];

    /// <summary>Sessions at this moment.</summary>
    public int OpenSessions => Volatile.Read(ref _open);

    /// <summary>Serves until it is stopped, and ends when the last session has.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.WhenAll(_sockets.Select(socket => AcceptAsync(socket, stopping))).ConfigureAwait(false);
        await Task.WhenAll(_sessions.Keys).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private static Socket Bind(string text)
    {
        var endpoint = IPEndPoint.Parse(text);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            // From here on nobody else gets it; clients wait until somebody answers.
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"SmtpIntake:Endpoints: {text} cannot be listened on: {e.Message}", e);
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(stopping).ConfigureAwait(false);
                var session = Task.Run(() => ServeAsync(socket, stopping), CancellationToken.None);
                _sessions[session] = 0;
                _ = session.ContinueWith(ended => _sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of handles, for example: those of others come back.
                _settings.Logger.NotAccepted(e.SocketErrorCode.ToString());
                await Task.Delay(Pause, _settings.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        using var _ = socket;
        var isCounted = false;
        try
        {
            socket.NoDelay = true;
            var client = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            client = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
            using var stream = new NetworkStream(socket);
            if (!_networks.Any(network => network.Contains(client)))
            {
                _settings.Logger.NotAllowed(client.ToString());
                await SendAwayAsync(stream, "554 5.7.1 this system takes no connections from there\r\n").ConfigureAwait(false);
                return;
            }
            isCounted = true;
            if (Interlocked.Increment(ref _open) > _settings.Options.MaxSessions)
            {
                await SendAwayAsync(stream, "421 4.3.2 too many sessions\r\n").ConfigureAwait(false);
                return;
            }
            await new SmtpSession(_settings, stream, client).RunAsync(stopping).ConfigureAwait(false);
            await CloseAsync(socket, stream).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One session is nothing to the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _settings.Logger.SessionFailed(e.GetType().Name);
        }
        finally
        {
            if (isCounted)
                Interlocked.Decrement(ref _open);
        }
    }

    private async ValueTask SendAwayAsync(NetworkStream stream, string reply)
    {
        if (Interlocked.Increment(ref _farewells) <= MaxFarewells)
        {
            using var clock = new CancellationTokenSource(SmtpIntakeSettings.FarewellTimeout, _settings.Time);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(reply), clock.Token).ConfigureAwait(false);
            await CloseAsync(stream.Socket, stream).ConfigureAwait(false);
        }
        Interlocked.Decrement(ref _farewells);
    }

    // What the client has sent and nobody read would make the system forget the last reply: it is read away for a moment.
    private async ValueTask CloseAsync(Socket socket, NetworkStream stream)
    {
        socket.Shutdown(SocketShutdown.Send);
        using var clock = new CancellationTokenSource(SmtpIntakeSettings.FarewellTimeout, _settings.Time);
        var block = new byte[4 << 10];
        try
        {
            for (var left = 1 << 20; left > 0;)
            {
                var read = await stream.ReadAsync(block, clock.Token).ConfigureAwait(false);
                left = read == 0 ? 0 : left - read;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is gone, or does not stop.
        }
    }
}
