using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Embeddings;

/// <summary>
/// A provider of embeddings that takes its time and costs next to nothing: a thread for each connection, vectors of 1,536
/// numbers made once. It counts what it is asked.
/// </summary>
internal sealed class EmbeddingsUpstream : IDisposable
{
    /// <summary>Begins each input that the load sends, and so counts them.</summary>
    public const string Mark = "Q: ";

    private const int Dimensions = 1536; // of text-embedding-3-small
    private const int ThreadStackBytes = 256 * 1024;
    private const int TokensPerInput = 60;

    private static readonly byte[] InputMark = Encoding.ASCII.GetBytes($"\"{Mark}");
    private static readonly byte[] Vector = Encoding.ASCII.GetBytes(string.Join(
        ',', Enumerable.Range(0, Dimensions).Select(static i => (Math.Sin(i + 1) / 30).ToString("F9", CultureInfo.InvariantCulture))));

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TimeSpan _call;
    private readonly TimeSpan _perInput;
    private volatile bool _isInstant;
    private long _calls;
    private long _inputs;

    /// <param name="call">How long each call takes.</param>
    /// <param name="perInput">How much longer for each input.</param>
    public EmbeddingsUpstream(TimeSpan call, TimeSpan perInput)
    {
        _call = call;
        _perInput = perInput;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/v1"));

    public long Calls => Interlocked.Read(ref _calls);

    public long Inputs => Interlocked.Read(ref _inputs);

    /// <summary>From now on answers come at once.</summary>
    public void AnswerAtOnce() => _isInstant = true;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                new Thread(() => Serve(connection), ThreadStackBytes) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed of: the run is over.
        }
    }

    private void Serve(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            var reader = new MessageReader(connection);
            try
            {
                while (reader.Read())
                {
                    var inputs = reader.Body.Count(InputMark);
                    Interlocked.Increment(ref _calls);
                    Interlocked.Add(ref _inputs, inputs);
                    if (!_isInstant)
                    {
                        PreciseSleep.Until(Stopwatch.GetTimestamp() + (long)((_call + (_perInput * inputs)).TotalSeconds * Stopwatch.Frequency));
                    }

                    connection.Send(Answer(inputs));
                }
            }
            catch (SocketException)
            {
                // The product closed the connection.
            }
        }
    }

    private static byte[] Answer(int inputs)
    {
        var body = new MemoryStream();
        body.Write("{\"object\":\"list\",\"data\":["u8);
        for (var i = 0; i < inputs; i++)
        {
            body.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{{\"object\":\"embedding\",\"index\":{i},\"embedding\":[")));
            body.Write(Vector);
            body.Write("]}"u8);
        }

        var tokens = inputs * TokensPerInput;
        body.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"],\"model\":\"bench-embedding\",\"usage\":{{\"prompt_tokens\":{tokens},\"total_tokens\":{tokens}}}}}")));
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body.ToArray()];
    }
}
