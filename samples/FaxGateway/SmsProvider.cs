using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace FaxGateway;

/// <summary>Stands in for the web service of an SMS provider: busy when it is asked first.</summary>
internal sealed class SmsProvider : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _answers = new();

    public SmsProvider(int port)
    {
        Url = $"http://127.0.0.1:{port}/send";
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>What it answered, in order.</summary>
    public IEnumerable<string> Answers => _answers;

    /// <summary>True when it took a text.</summary>
    public bool IsDone { get; private set; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
            var isBusy = _answers.IsEmpty;
            context.Response.StatusCode = (int)(isBusy ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            context.Response.Close();
            var number = body.RootElement.GetProperty("recipients")[0].GetProperty("value").GetString();
            _answers.Enqueue(isBusy ? "503: busy" : $"200: took '{body.RootElement.GetProperty("text").GetString()}' for {number}");
            IsDone |= !isBusy;
        }
    }
}
