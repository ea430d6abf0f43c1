using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Models;

/// <summary>Lists of models that stall, never end, or are too large: they hold up nobody else's, and the last good one stays.</summary>
public sealed class ModelListFaultTests
{
    private const string Head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Faults => new()
    {
        { "stalls", "" },
        { "never ends", "400\r\n" + new string(' ', 0x400) + "\r\n" },
        { "is too large", new string('x', 64 * 1024) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task List_ThatIsNone_LeavesTheLastGoodOneAndOthers(string fault, string repeated)
    {
        var bad = fault switch
        {
            "stalls" => new PeerAnswer(Head + "content-length: 1000\r\n\r\n{\"data\":[{\"id\":\"half", IsHeld: true),
            "never ends" => new PeerAnswer(Head + "transfer-encoding: chunked\r\n\r\n8\r\n{\"data\":\r\n", repeated),
            _ => new PeerAnswer(Head + "content-length: 900000000\r\n\r\n{\"data\":[{\"id\":\"", repeated),
        };
        await using var faulty = new ScriptedPeer(PeerAnswer.Json("""{"data":[{"id":"faulty-known"}]}"""));
        await using var sound = new ScriptedPeer(PeerAnswer.Json("""{"data":[{"id":"sound-known"}]}"""));
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(
                    ProgramOptions.Provider("faulty", "openai", new Uri(faulty.Url, "/v1"), "*"),
                    ProgramOptions.Provider("sound", "openai", new Uri(sound.Url, "/v1"), "*")),
            },
        });
        using var client = TestHttp.Client(silo.Data);
        using var admin = TestHttp.Client(silo.Admin);
        await WaitForAsync(client, "faulty-known", "sound-known");

        faulty.Answer = bad;
        sound.Answer = PeerAnswer.Json("""{"data":[{"id":"sound-known"},{"id":"sound-new"}]}""");
        await admin.AddProviderAsync("""{"name":"another","type":"simulator"}""");

        await WaitForAsync(client, "faulty-known", "sound-known", "sound-new");
        Assert.NotEmpty(fault);
    }

    private static async Task WaitForAsync(HttpClient client, params string[] expected)
    {
        while (true)
        {
            var list = await client.GetFromJsonAsync<JsonNode>("/v1/models", Cancel);
            var names = list!["data"]!.AsArray().Select(static model => (string)model!["id"]!).ToArray();
            if (expected.All(names.Contains))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }
}
