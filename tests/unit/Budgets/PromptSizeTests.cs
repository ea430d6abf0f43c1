using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Budgets;

public sealed class PromptSizeTests
{
    private const int ImageTokens = 2_500;
    private const int PageTokens = 3_000;

    private static readonly string Base64 = new('A', 100_000);

    [Theory]
    [InlineData(10)]
    [InlineData(500_000)]
    public void Text_IsAtMostAsManyTokensAsItHasBytes(int length)
    {
        var (size, bytes) = Chat($"\"{new string('x', length)}\"");

        Assert.Equal(new PromptSize((long)Math.Ceiling(bytes / 3.5), bytes, false), size);
    }

    [Theory]
    [InlineData("""{"type":"text","text":"data:image/png;base64,{0}"}""")]
    [InlineData("""{"type":"text","text":"\"data\":\"{0}\""}""")]
    [InlineData("""{"type":"text","text":"so","data":"{0}"}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,{0} and more"}}""")]
    public void Base64_ThatIsNoFile_CountsByItsBytes(string part)
    {
        var (size, bytes) = Chat($"[{part.Replace("{0}", Base64, StringComparison.Ordinal)}]");

        Assert.InRange(size.AtMost, bytes, bytes + (2 * ImageTokens)); // an image may be named, too
        Assert.False(size.GoesOn);
    }

    [Theory]
    [InlineData("""{"type":"tool_use","id":"t","name":"save","input":{"source":{"type":"base64","data":"{0}"},"image_url":"data:image/png;base64,{0}"}}""")]
    [InlineData("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"{0}"}}""")]
    public void Base64_ThatAModelReadsAsText_CountsByItsBytes(string part)
    {
        var (size, bytes) = Messages($"[{part.Replace("{0}", Base64, StringComparison.Ordinal)}]");

        Assert.InRange(size.AtMost, bytes, bytes + (2 * ImageTokens));
        Assert.False(size.GoesOn);
    }

    [Fact]
    public void Image_InTheBody_CountsByWhatAnImageCounts()
    {
        var (size, bytes) = Chat($$$"""[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Base64}}}","detail":"low"}}]""");

        Assert.Equal(SizeWith(bytes, ImageTokens + PageTokens), size);
    }

    [Fact]
    public void Image_ForMessages_CountsByWhatAnImageCounts()
    {
        var image = $$$"""{"source":{"data":"{{{Base64}}}","type":"base64","media_type":"image/png"},"type":"image"}""";
        var (size, bytes) = Messages($"[{image}]");
        var (result, resultBytes) = Messages($$"""[{"type":"tool_result","tool_use_id":"t","content":[{{image}}]}]""");

        Assert.Equal(SizeWith(bytes, ImageTokens + PageTokens), size);
        Assert.Equal(SizeWith(resultBytes, ImageTokens + PageTokens), result);
    }

    [Fact]
    public void Image_ForResponses_CountsByWhatAnImageCounts()
    {
        var (size, bytes) = Responses($$$"""[{"role":"user","content":[{"type":"input_image","image_url":"data:image/jpeg;base64,{{{Base64}}}"}]}]""");

        Assert.Equal(SizeWith(bytes, ImageTokens + PageTokens), size);
    }

    [Fact]
    public void Image_ByItsAddress_CountsByWhatAnImageCounts()
    {
        var (size, bytes) = Messages("""[{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}}]""");

        Assert.Equal(new PromptSize((long)Math.Ceiling(bytes / 3.5) + ImageTokens, bytes + ImageTokens, false), size);
    }

    [Fact]
    public void Sound_InTheBody_CountsByItsLength()
    {
        var (size, bytes) = Chat($$$"""[{"type":"input_audio","input_audio":{"data":"{{{Base64}}}","format":"mp3"}}]""");

        Assert.Equal(SizeWith(bytes, ImageTokens + PageTokens), size);
    }

    [Theory]
    [InlineData("""{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"}}""")]
    [InlineData("""{"source":{"file_id":"file_1","type":"file"},"type":"document"}""")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}}""")]
    [InlineData("""{"type":"d\u006fcument","source":{"type":"url","url":"https://a.example/b.pdf"}}""")]
    [InlineData("""{"type":"tool_result","tool_use_id":"t","content":[{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"}}]}""")]
    [InlineData("""{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"},"input_audio":{"type":"text"}}""")]
    [InlineData("""{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"}}]}}""")]
    [InlineData("""{"type":"container_upload","file_id":"file_1"}""")]
    public void Document_ForMessages_GoesOn(string part) => Assert.True(Messages($"[{part}]").Size.GoesOn);

    [Theory]
    [InlineData("""{"type":"file","file":{"file_id":"file_1"}}""")]
    [InlineData("""{"type": "file", "file": {"filename":"b.pdf","file_data":"data:application/pdf;base64,JVBERi0x"}}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:application/pdf;base64,JVBERi0x"}}""")]
    [InlineData("""{"type":"video_url","video_url":{"url":"https://a.example/b.mp4"}}""")]
    public void File_OfAChat_GoesOn(string part) => Assert.True(Chat($"[{part}]").Size.GoesOn);

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"input_file","file_url":"https://a.example/b.pdf"}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"input_file","file_id":"file_1"}]}""")]
    [InlineData("""{"type":"function_call_output","call_id":"c","output":[{"type":"input_file","file_id":"file_1"}]}""")]
    [InlineData("""{"type":"item_reference","id":"msg_1"}""")]
    [InlineData("""{"id":"msg_1"}""")]
    [InlineData("""{"type":null,"id":"msg_1"}""")]
    public void Reference_ForResponses_GoesOn(string item) => Assert.True(Responses($"[{item}]").Size.GoesOn);

    [Theory]
    [InlineData("""{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}""")]
    [InlineData("""{"id":"msg_1","role":"user","content":"Hi"}""")]
    [InlineData("""{"type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":"{}"}""")]
    public void Item_ForResponses_ThatIsThere_DoesNotGoOn(string item) => Assert.False(Responses($"[{item}]").Size.GoesOn);

    [Theory]
    [InlineData("""{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"}]}}""")]
    [InlineData("""{"type":"document","source":{"type":"content","content":"a"}}""")]
    public void Document_WrittenAsText_DoesNotGoOn(string part) => Assert.False(Messages($"[{part}]").Size.GoesOn);

    [Fact]
    public void Image_InADocumentWrittenAsParts_CountsByWhatAnImageCounts()
    {
        var image = $$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Base64}}}"}}""";
        var (size, bytes) = Messages($$$"""[{"type":"document","source":{"type":"content","content":[{{{image}}}]}}]""");

        Assert.Equal(SizeWith(bytes, ImageTokens + PageTokens), size);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"a\":[1]}]")]
    [InlineData("\"a\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"google\":{\"a\":[]}}")]
    public void File_BehindAnyExtraBody_GoesOn(string extra) => Assert.True(Size(
        InferenceOperation.ChatCompletions, $$$"""{"model":"m","extra_body":{{{extra}}},"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file_1"}}]}]}""").Size.GoesOn);

    [Theory]
    [InlineData("Messages", """{"model":"m","max_tokens":1,"cached_content":"cachedContents/1","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("Completions", """{"model":"m","prompt":"Hi","cachedContent":"cachedContents/1"}""")]
    [InlineData("Responses", """{"model":"m","input":"Hi","cached_content":"cachedContents/1"}""")]
    public void Content_ThatIsCachedByTheProvider_GoesOnWhateverTheRoute(string operation, string body) =>
        Assert.True(Size(Enum.Parse<InferenceOperation>(operation), body).Size.GoesOn);

    [Theory]
    [InlineData("\"cached_content\":\"cachedContents/1\"")]
    [InlineData("\"extra_body\":{\"google\":{\"cached_content\":\"cachedContents/1\"}}")]
    [InlineData("\"audio\":{\"voice\":\"a\"},\"cachedContent\":\"cachedContents/1\"")]
    public void Content_ThatIsCachedByTheProvider_GoesOn(string member) =>
        Assert.True(Size(InferenceOperation.ChatCompletions, $$"""{"model":"m","messages":[{"role":"user","content":"Hi"}],{{member}}}""").Size.GoesOn);

    [Fact]
    public void Answer_ThatWasSpoken_GoesOn() => Assert.True(Size(
        InferenceOperation.ChatCompletions, """{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","audio":{"id":"audio_1"}}]}""").Size.GoesOn);

    [Fact]
    public void Prompt_ThatTheProviderKeeps_GoesOn() =>
        Assert.True(Size(InferenceOperation.Responses, """{"model":"m","input":"Hi","prompt":{"id":"pmpt_1"}}""").Size.GoesOn);

    [Fact]
    public void Tools_ThatTakeFiles_DoNotGoOn()
    {
        var (size, bytes) = Size(InferenceOperation.ChatCompletions, """
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"the \"file\", \"type\":\"document\""}]},
            {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"type\":\"file\"}"}}]}],
            "extra_body":{"google":{"safety":"cached"}},
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"type":{"enum":["file","document"]},"file":{"type":"string"}}}}}]}
            """);

        Assert.Equal(new PromptSize((long)Math.Ceiling(bytes / 3.5), bytes, false), size);
    }

    private static PromptSize SizeWith(int bytes, int tokens) =>
        new((long)Math.Ceiling((bytes - Base64.Length) / 3.5) + tokens, bytes - Base64.Length + tokens, false);

    private static (PromptSize Size, int Bytes) Chat(string content) =>
        Size(InferenceOperation.ChatCompletions, $$"""{"model":"m","messages":[{"role":"user","content":{{content}}}]}""");

    private static (PromptSize Size, int Bytes) Messages(string content) =>
        Size(InferenceOperation.Messages, $$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":{{content}}}]}""");

    private static (PromptSize Size, int Bytes) Responses(string input) => Size(InferenceOperation.Responses, $$"""{"model":"m","input":{{input}}}""");

    private static (PromptSize Size, int Bytes) Size(InferenceOperation operation, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Null(RequestScanner.Scan(bytes, operation, new InputLimitOptions(), new ModelNames(), out var request));
        return (PromptSize.Of(request!), bytes.Length);
    }
}
