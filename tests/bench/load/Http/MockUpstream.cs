using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>
/// A provider that costs next to nothing: a thread for each connection, blocking sockets, answers made once.
/// A body with <c>"stream":true</c> gets 50 events, all at once, or 10 ms apart where the model's name ends in
/// <c>paced</c>; usage comes where it is asked for, as OpenAI does it.
/// </summary>
internal static class MockUpstream
{
    /// <summary>Content events of a stream.</summary>
    public const int Events = 50;

    private const int ThreadStackBytes = 256 * 1024;
    private static readonly TimeSpan EventGap = TimeSpan.FromMilliseconds(10);

    private static readonly byte[] Whole = WholeAnswer();
    private static readonly byte[] StreamHead = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n");

    private static readonly byte[][] ContentEvents = [.. Enumerable.Range(0, Events).Select(ContentEvent)];
    private static readonly byte[] UsageEvent = Chunk("data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":180,\"completion_tokens\":50,\"total_tokens\":230}}\n\n");
    private static readonly byte[] DoneEvent = [.. Chunk("data: [DONE]\n\n"), .. "0\r\n\r\n"u8];
    private static readonly byte[] Burst = [.. StreamHead, .. ContentEvents.SelectMany(e => e), .. DoneEvent];
    private static readonly byte[] BurstWithUsage = [.. StreamHead, .. ContentEvents.SelectMany(e => e), .. UsageEvent, .. DoneEvent];

    /// <summary>Listens until the process is ended.</summary>
    public static int Run(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        Console.WriteLine($"listening on {((IPEndPoint)listener.LocalEndPoint!).Port}");
        while (true)
        {
            var connection = listener.Accept();
            new Thread(() => Serve(connection), ThreadStackBytes) { IsBackground = true }.Start();
        }
    }

    private static void Serve(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            var reader = new MessageReader(connection);
            try
            {
                while (reader.Read())
                {
                    Answer(connection, reader.Body);
                }
            }
            catch (SocketException)
            {
                // The candidate closed the connection: a run is over.
            }
        }
    }

    private static void Answer(Socket connection, ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\"stream\":true"u8) < 0)
        {
            connection.Send(Whole);
            return;
        }

        var withUsage = body.IndexOf("\"include_usage\":true"u8) >= 0;
        if (body.IndexOf("paced\""u8) < 0)
        {
            connection.Send(withUsage ? BurstWithUsage : Burst);
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var gap = (long)(EventGap.TotalSeconds * Stopwatch.Frequency);
        connection.Send([StreamHead, ContentEvents[0]]);
        for (var i = 1; i < ContentEvents.Length; i++)
        {
            PreciseSleep.Until(start + (gap * i));
            connection.Send(ContentEvents[i]);
        }

        connection.Send(withUsage ? [UsageEvent, DoneEvent] : [DoneEvent]);
    }

    private static byte[] WholeAnswer()
    {
        var body = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench\","
            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
            + "A gateway sits between applications and the models they call. It holds the credentials, counts what each caller uses, chooses where a request goes, and tries elsewhere when a provider fails."
            + "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":180,\"completion_tokens\":42,\"total_tokens\":222,\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}},"
            + "\"system_fingerprint\":\"fp_bench\"}";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}"));
    }

    private static byte[] ContentEvent(int index)
    {
        var finish = index == Events - 1 ? "\"stop\"" : "null";
        var delta = index == 0 ? "{\"role\":\"assistant\",\"content\":\"A\"}" : "{\"content\":\" word\"}";
        return Chunk("data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"bench\","
            + $"\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n");
    }

    private static byte[] Chunk(string content) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{content.Length:x}\r\n{content}\r\n"));
}
