using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Clients that send or take so slowly that they hold a connection for nothing (RELIABILITY S24): both listeners give them up.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    // Of a body: five seconds of grace; of an answer: thirty for a piece. The rest is for a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // What both systems may buffer of a connection is less.
    private const int AnswerBytes = 24 * 1024 * 1024;
    private const int ListBytes = 6 * 1024 * 1024;
    private const int Providers = 32;

    private static readonly string ListPath = $"/admin/v1/providers?limit={Providers + 1}";

    private ScriptedUpstream _upstream = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    [Theory]
    [InlineData("data", "/v1/chat/completions")]
    [InlineData("admin", "/admin/v1/providers")]
    public async Task Body_ThatComesTooSlowly_IsGivenUp(string listener, string path)
    {
        await using var silo = await StartAsync();
        using var client = await RawHttp.ConnectAsync(listener == "data" ? silo.Data : silo.Admin);
        await client.SendAsync($"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{{");
        var answer = client.ReadToEndAsync(Patience);
        var sent = 1;
        while (!answer.IsCompleted)
        {
            try
            {
                await client.SendAsync(" ");
                sent++;
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(Pause, TimeProvider.System, Cancel));
        }

        var text = await answer;
        Assert.InRange(sent, 2, 40);
        Assert.True(text.Length == 0 || text.StartsWith("HTTP/1.1 408", StringComparison.Ordinal) || text.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), text);
        Assert.Equal(0, _upstream.RequestCount);
    }

    [Fact]
    public async Task Answer_ThatIsNotTaken_IsGivenUpOnBothListeners()
    {
        const string Body = """{"model":"slow-model","messages":[{"role":"user","content":"Hi"}]}""";
        _upstream.Behaviour = new() { Text = new string('x', AnswerBytes) };
        await using var silo = await StartAsync([.. LongProviders()]);
        using var admin = TestHttp.Client(silo.Admin);
        var list = (await admin.GetByteArrayAsync(ListPath, Cancel)).Length;
        Assert.InRange(list, ListBytes, int.MaxValue);

        await Task.WhenAll(
            AssertGivenUpAsync(silo.Data, $"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {Body.Length}\r\n\r\n{Body}", AnswerBytes),
            AssertGivenUpAsync(silo.Admin, $"GET {ListPath} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", list));
    }

    private Task<SiloProcess> StartAsync(params JsonNode[] more) => SiloProcess.StartAsync(new ProgramOptions
    {
        Config = new JsonObject
        {
            ["Providers"] = new JsonArray([ProgramOptions.Provider("upstream", "openai", new Uri(_upstream.Url, "/v1"), "slow-model"), .. more]),
        },
    });

    // Each with many models of long names, so that the list of them is longer than what both systems may buffer.
    private static IEnumerable<JsonObject> LongProviders()
    {
        var models = Enumerable.Range(0, 1000).Select(static i => $"model-{i}-{new string('m', 200)}").ToArray();
        return Enumerable.Range(0, Providers).Select(i => new JsonObject
        {
            ["Name"] = $"p{i}",
            ["Type"] = "simulator",
            ["Models"] = new JsonArray([.. models.Select(static model => JsonValue.Create(model))]),
        });
    }

    // Takes nothing until the other side has let go, and then finds less than all of it.
    private static async Task AssertGivenUpAsync(Uri listener, string request, long whole)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, listener.Port, Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Cancel);
        var own = $":{((IPEndPoint)socket.LocalEndPoint!).Port:X4}";

        await Wait.UntilAsync(
            () => Task.FromResult(!File.ReadAllLines("/proc/net/tcp").Any(line => IsOpenTowards(line, own))),
            "the connection is given up", Patience);

        var buffer = new byte[1024 * 1024];
        long taken = 0;
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, Cancel)) > 0; taken += count)
            {
            }
        }
        catch (SocketException)
        {
            // Reset, as it should be: the answer is not whole.
        }

        Assert.InRange(taken, 0, whole - 1);
    }

    // Of the fields of the table the third is the other side's address, and the fourth the state: 01 is an open connection.
    private static bool IsOpenTowards(string line, string port) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var remote, "01", ..] && remote.EndsWith(port, StringComparison.Ordinal);
}
