using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.PassThroughRoutes;

/// <summary>Routes whose requests and answers nobody reads: images, sound, moderations, rankings.</summary>
public sealed class PassThroughRoutesTests : IClassFixture<PassThroughFixture>
{
    private const string Form =
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\0\u0001--xy\r\n" +
        "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n--xyz--\r\n";

    private readonly PassThroughFixture _gateway;

    public PassThroughRoutesTests(PassThroughFixture gateway)
    {
        _gateway = gateway;
        gateway.First.Reset();
        gateway.Second.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedUpstream First => _gateway.First;

    [Theory]
    [InlineData("/v1/images/generations", """{"prompt":"a \u00e9", "n":8, "model":"painter","stream":false}""")]
    [InlineData("/v1/moderations", """{"input":["x"],"model":"judge"}""")]
    [InlineData("/v1/rerank", """{"model":"ranker","query":"q","documents":["a","b"]}""")]
    public async Task Request_AndAnswer_ArriveByteForByte(string path, string body)
    {
        const string Answer = "{ \"x\" : 1.50,\n \"data\":[] }\n";
        First.Next(new Behaviour { Body = Answer });

        using var response = await PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Cancel));
        var sent = await First.NextRequestAsync();
        Assert.Equal((path, body), (sent.Target, sent.Text));
    }

    [Fact]
    public async Task Model_OfAnAliasOrARename_IsPatchedInPlace()
    {
        First.Next(new Behaviour { Body = "{}" });

        using var response = await PostAsync("/v1/images/generations", """{"size":"1x1" , "model" : "renamed", "prompt":"p"}""");

        Assert.Equal("""{"size":"1x1" , "model" : "upstream-painter", "prompt":"p"}""", (await First.NextRequestAsync()).Text);
    }

    [Fact]
    public async Task Speech_ComesAsTheBytesAndTheTypeThatTheProviderSends()
    {
        First.Next(new Behaviour { Body = "ID3\u0001\u0002sound", ContentType = "audio/mpeg" });

        using var response = await PostAsync("/v1/audio/speech", """{"model":"voice","input":"hello","voice":"alloy"}""");

        Assert.Equal("audio/mpeg", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("ID3\u0001\u0002sound", await response.Content.ReadAsStringAsync(Cancel));
        Assert.True(response.Headers.Contains("x-proxy-provider"));
    }

    [Theory]
    [InlineData("/v1/audio/transcriptions")]
    [InlineData("/v1/audio/translations")]
    public async Task Form_GoesOnWithOnlyTheModelChanged(string path)
    {
        First.Next(new Behaviour { Body = """{"text":"hi"}""" });

        using var response = await PostAsync(path, Form.Replace("{model}", "renamed-voice", StringComparison.Ordinal), "multipart/form-data; boundary=xyz");

        Assert.Equal("""{"text":"hi"}""", await response.Content.ReadAsStringAsync(Cancel));
        var sent = await First.NextRequestAsync();
        Assert.Equal(Form.Replace("{model}", "whisper-1", StringComparison.Ordinal), sent.Text);
        Assert.Equal("multipart/form-data; boundary=xyz", sent.Header("content-type"));
    }

    [Theory]
    [InlineData("name=\"api_base\"")]
    [InlineData("name=api_base")]
    [InlineData("name=\"api_key\"")]
    [InlineData("name=\"base_url\"")]
    [InlineData("name=\"organization\"")]
    [InlineData("name=\"custom_host\"; filename=\"a.txt\"")]
    [InlineData("name=\"api\\_base\"")]
    [InlineData("name=\"api%5Fbase\"")]
    [InlineData("name*=utf-8''api_base")]
    [InlineData("name=\"x\"; name*=utf-8''api_base")]
    [InlineData("filename=\"a.txt\"")]
    public async Task Form_WithAFieldThatNamesAHostOrAKey_IsRefused(string disposition)
    {
        var form = Form.Replace("{model}", "renamed-voice", StringComparison.Ordinal)
            .Replace("--xyz--", $"--xyz\r\nContent-Disposition: form-data; {disposition}\r\n\r\nhttp://evil.example\r\n--xyz--", StringComparison.Ordinal);

        using var response = await PostAsync("/v1/audio/transcriptions", form, "multipart/form-data; boundary=xyz");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, First.RequestCount);
    }

    [Fact]
    public async Task ProviderThatFails_IsFollowedByTheNext()
    {
        First.Next(new Behaviour { Status = 503, Body = "{}" });
        _gateway.Second.Next(new Behaviour { Body = """{"id":"second"}""" });

        using var response = await PostAsync("/v1/moderations", """{"input":"x","model":"either"}""");

        Assert.Equal("""{"id":"second"}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("2", response.Headers.GetValues("x-proxy-attempts").Single());
    }

    [Fact]
    public async Task Html_IsNeverPassedOn()
    {
        First.Next(Behaviour.Html);

        using var response = await PostAsync("/v1/rerank", """{"model":"ranker","query":"q","documents":[]}""");

        await AssertErrorAsync(response, HttpStatusCode.BadGateway, "upstream_invalid_response");
    }

    [Fact]
    public async Task AnswerThatBreaksOff_NeverLooksWhole()
    {
        First.Next(new Behaviour { Body = new string('a', 200_000), ContentType = "audio/mpeg", CutAfterBytes = 100_000 });

        using var response = await PostAsync("/v1/audio/speech", """{"model":"voice","input":"hello","voice":"alloy"}""");

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Moderation_WithoutAModel_IsForTheOneThatOpenAiNames()
    {
        First.Next(new Behaviour { Body = "{}" });

        using var response = await PostAsync("/v1/moderations", """{"input":"x"}""");

        Assert.Equal("omni-moderation-latest", response.Headers.GetValues("x-proxy-model").Single());
        Assert.Equal("""{"input":"x"}""", (await First.NextRequestAsync()).Text);
    }

    [Theory]
    [InlineData("/v1/images/generations", """{"model":"chatter","prompt":"p"}""", "application/json", HttpStatusCode.BadRequest, "capability_not_supported")]
    [InlineData("/v1/images/generations", """{"prompt":"p"}""", "application/json", HttpStatusCode.BadRequest, "missing_field")]
    [InlineData("/v1/images/generations", """{"model":"painter","model":"judge"}""", "application/json", HttpStatusCode.BadRequest, "invalid_json")]
    [InlineData("/v1/audio/transcriptions", """{"model":"voice"}""", "application/json", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("/v1/audio/transcriptions", "--xyz--", "multipart/form-data", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("/v1/audio/transcriptions", "no form at all", "multipart/form-data; boundary=xyz", HttpStatusCode.BadRequest, "invalid_form")]
    [InlineData("/v1/audio/transcriptions", "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nvoice", "multipart/form-data; boundary=xyz", HttpStatusCode.BadRequest, "invalid_form")]
    [InlineData("/v1/audio/transcriptions", "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xyz--\r\n", "multipart/form-data; boundary=xyz", HttpStatusCode.BadRequest, "missing_field")]
    public async Task BadRequest_IsRefusedAndReachesNobody(string path, string body, string type, HttpStatusCode status, string code)
    {
        using var response = await PostAsync(path, body, type);

        await AssertErrorAsync(response, status, code);
        Assert.Equal(0, First.RequestCount);
    }

    [Theory]
    [InlineData("/v1/files")]
    [InlineData("/v1/batches/batch_1")]
    [InlineData("/v1/realtime")]
    public async Task RouteThatIsNotOffered_SaysSo(string path)
    {
        using var response = await _gateway.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        var message = await AssertErrorAsync(response, HttpStatusCode.NotFound, "unknown_url");
        Assert.Contains("not offered", message, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body, string contentType = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return _gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    private static async Task<string> AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal((status, code), (response.StatusCode, (string?)error["code"]));
        return (string)error["message"]!;
    }
}
