namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiRequestTests
{
    private const string Call = """{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}""";

    [Theory]
    [InlineData(false, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash-preview:generateContent")]
    [InlineData(true, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse")]
    public void Request_WholeOrStreamed_GoesToItsMethodWithTheKeyInAHeader(bool stream, string address)
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(), GeminiCase.Ask(stream ? "\"stream\":true" : ""));

        using var message = upstream.Message!;
        Assert.Equal(address, message.RequestUri!.AbsoluteUri);
        Assert.Equal(["AIza-planted"], message.Headers.GetValues("x-goog-api-key"));
    }

    [Theory]
    [InlineData("models/gemini-2.5-pro", "models/gemini-2.5-pro:generateContent")]
    [InlineData("tunedModels/mine", "tunedModels/mine:generateContent")]
    [InlineData("../admin?x=", "models/..%2Fadmin%3Fx%3D:generateContent")]
    public void Model_InAnyForm_StaysOneSegmentOfTheAddress(string model, string path)
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(model), GeminiCase.Ask(""));

        using var message = upstream.Message!;
        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/" + path, message.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void Messages_OfAllRoles_BecomeInstructionsAndAlternatingTurns()
    {
        var sent = GeminiCase.Sent(GeminiCase.Say("""
            [{"role":"system","content":"Be brief."},{"role":"user","content":"A"},{"role":"user","content":[{"type":"text","text":"B"},{"type":"text","text":""}]},
             {"role":"assistant","content":"C","reasoning_content":"Hm."},{"role":"developer","content":"Be kind."},{"role":"assistant","content":null,"refusal":"No."},{"role":"user","content":"D"}]
            """));

        GeminiCase.AssertJson("""{"parts":[{"text":"Be brief."},{"text":"Be kind."}]}""", sent["systemInstruction"]);
        GeminiCase.AssertJson("""
            [{"role":"user","parts":[{"text":"A"},{"text":"B"}]},{"role":"model","parts":[{"text":"C"},{"text":"No."}]},{"role":"user","parts":[{"text":"D"}]}]
            """, sent["contents"]);
    }

    [Fact]
    public void Messages_OfInstructionsOnly_AreWhatTheUserSays()
    {
        var sent = GeminiCase.Sent(GeminiCase.Say("""[{"role":"system","content":"Say hello."}]"""));

        Assert.Null(sent["systemInstruction"]);
        GeminiCase.AssertJson("""[{"role":"user","parts":[{"text":"Say hello."}]}]""", sent["contents"]);
    }

    [Fact]
    public void Messages_ThatSayNothing_LeaveOneEmptyTurn() =>
        GeminiCase.AssertJson(
            """[{"role":"user","parts":[{"text":""}]}]""",
            GeminiCase.Sent(GeminiCase.Say("""[{"role":"system","content":"Tell a joke."},{"role":"user","content":""}]"""))["contents"]);

    [Fact]
    public void Calls_AndResultsInAnyOrder_AreMatchedByIdAndStandInTheOrderOfTheCalls()
    {
        var sent = GeminiCase.Sent(GeminiCase.Say("""
            [{"role":"user","content":"A"},
             {"role":"assistant","content":"Let me see.","tool_calls":[
               {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 9007199254740993}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},
               {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
             {"role":"tool","tool_call_id":"c2","content":"{\"two\":2}"},
             {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"one"}]},
             {"role":"user","content":"And?"}]
            """));

        GeminiCase.AssertJson("""
            [{"role":"user","parts":[{"text":"A"}]},
             {"role":"model","parts":[{"text":"Let me see."},
               {"functionCall":{"id":"c1","name":"f","args":{"x":9007199254740993}},"thoughtSignature":"c2ln"},
               {"functionCall":{"id":"c2","name":"g","args":{}}}]},
             {"role":"user","parts":[
               {"functionResponse":{"id":"c1","name":"f","response":{"output":"one"}}},
               {"functionResponse":{"id":"c2","name":"g","response":{"output":"{\"two\":2}"}}},
               {"text":"And?"}]}]
            """, sent["contents"]);
    }

    [Theory]
    [InlineData("gemini-3-pro-preview", "skip_thought_signature_validator")]
    [InlineData("gemini-2.5-pro", null)]
    public void Call_WhoseSignatureIsLost_SaysSoWhereSignaturesAreChecked(string model, string? signature)
    {
        var sent = GeminiCase.Sent(GeminiCase.Say($$"""[{"role":"user","content":"A"},{"role":"assistant","tool_calls":[{{Call}},{{Call.Replace("c1", "c2", StringComparison.Ordinal)}}]}]"""), model);

        var parts = sent["contents"]![1]!["parts"]!;
        Assert.Equal(signature, (string?)parts[0]!["thoughtSignature"]);
        Assert.Null(parts[1]!["thoughtSignature"]);
        Assert.Equal(signature is null ? null : "c1", (string?)parts[0]!["functionCall"]!["id"]);
    }

    [Fact]
    public void Result_OfNoCall_IsRefusedByItsPath()
    {
        var upstream = GeminiCase.Adapter.CreateRequest(
            GeminiCase.Target(), GeminiCase.Say("""[{"role":"user","content":"A"},{"role":"tool","tool_call_id":"c9","content":"x"}]"""));

        Assert.Equal((400, "messages[1].tool_call_id"), (upstream.Refusal?.Status, upstream.Refusal?.Param));
    }

    [Fact]
    public void Media_AsDataOrAddress_IsSentAsItIs()
    {
        var sent = GeminiCase.Sent(GeminiCase.Say("""
            [{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/jpg;base64,AAAA"}},
              {"type":"image_url","image_url":{"url":"https://example.com/a.png?x=1"}},
              {"type":"image_url","image_url":"https://example.com/a"},
              {"type":"file","file":{"file_data":"data:application/pdf;base64,BBBB","filename":"b.pdf"}},
              {"type":"file","file":{"file_id":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},
              {"type":"input_audio","input_audio":{"data":"CCCC","format":"mp3"}}]}]
            """));

        GeminiCase.AssertJson("""
            [{"inlineData":{"mimeType":"image/jpeg","data":"AAAA"}},
             {"fileData":{"mimeType":"image/png","fileUri":"https://example.com/a.png?x=1"}},
             {"fileData":{"fileUri":"https://example.com/a"}},
             {"inlineData":{"mimeType":"application/pdf","data":"BBBB"}},
             {"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},
             {"inlineData":{"mimeType":"audio/mp3","data":"CCCC"}}]
            """, sent["contents"]![0]!["parts"]);
    }

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"http://example.com/a.png"}}""", "messages[0].content[0].image_url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/gif;base64,AAAA"}}""", "messages[0].content[0].image_url")]
    [InlineData("""{"type":"file","file":{"file_id":"file-abc"}}""", "messages[0].content[0].file")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"AAAA","format":"midi"}}""", "messages[0].content[0].input_audio")]
    public void Media_ThatCannotBeSent_IsRefusedByItsPath(string part, string path)
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(), GeminiCase.Say($$"""[{"role":"user","content":[{{part}}]}]"""));

        Assert.Equal((400, path), (upstream.Refusal?.Status, upstream.Refusal?.Param));
    }

    [Theory]
    [InlineData("gemini-3-flash-preview", "high", """{"thinkingLevel":"HIGH","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", "none", """{"thinkingLevel":"MINIMAL"}""")]
    [InlineData("gemini-3-pro-preview", "minimal", """{"thinkingLevel":"LOW","includeThoughts":true}""")]
    [InlineData("gemini-3-pro-preview", "medium", """{"thinkingLevel":"HIGH","includeThoughts":true}""")]
    [InlineData("gemini-3.1-pro-preview", "medium", """{"thinkingLevel":"MEDIUM","includeThoughts":true}""")]
    [InlineData("gemini-flash-latest", "low", """{"thinkingLevel":"LOW","includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "medium", """{"thinkingBudget":8192,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "none", """{"thinkingBudget":0}""")]
    [InlineData("gemini-2.5-pro", "none", """{"thinkingBudget":128}""")]
    [InlineData("gemini-2.0-flash", "high", null)]
    [InlineData("gemini-3-flash-preview", "enormous", null)]
    public void Effort_ByGeneration_IsALevelABudgetOrNothing(string model, string effort, string? thinking)
    {
        var sent = GeminiCase.Sent(GeminiCase.Ask($"\"reasoning_effort\":\"{effort}\""), model);

        GeminiCase.AssertJson(thinking ?? "null", sent["generationConfig"]!["thinkingConfig"]);
    }

    [Theory]
    [InlineData("gemini-2.5-flash", """{"type":"enabled","budget_tokens":100}""", """{"thinkingBudget":512,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", """{"type":"enabled","budget_tokens":99999}""", """{"thinkingBudget":32768,"includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", """{"type":"enabled","budget_tokens":2048}""", """{"thinkingLevel":"LOW","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", """{"type":"disabled"}""", """{"thinkingLevel":"MINIMAL"}""")]
    public void ThinkingBudget_ByGeneration_IsHeldToItsBounds(string model, string wish, string thinking) =>
        GeminiCase.AssertJson(thinking, GeminiCase.Sent(GeminiCase.Ask($"\"thinking\":{wish}"), model)["generationConfig"]!["thinkingConfig"]);

    [Fact]
    public void JsonWithTools_BeforeGemini3_IsRefusedSoThatAnotherProviderMayTry()
    {
        var request = GeminiCase.Ask("""
            "tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_object"}
            """);

        Assert.Equal("response_format", GeminiCase.Adapter.CreateRequest(GeminiCase.Target("gemini-2.5-flash"), request).Refusal?.Param);
        Assert.Equal("application/json", (string?)GeminiCase.Sent(request)["generationConfig"]!["responseMimeType"]);
    }

    [Fact]
    public void ToolsInAnyNumber_AreAllSent()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => $$$$"""{"type":"function","function":{"name":"f{{{{i}}}}","parameters":{"type":"object"}}}"""));

        var sent = GeminiCase.Sent(GeminiCase.Ask($"\"tools\":[{tools}]"));

        Assert.Equal(500, sent["tools"]![0]!["functionDeclarations"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(""" "messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"[1]"}}]}] """)]
    [InlineData(""" "messages":[{"role":"user","content":"\ud83d"}] """)]
    [InlineData(""" "messages":[] """)]
    [InlineData(""" "messages":[{"role":"user","content":"Hi"}],"n":2 """)]
    [InlineData(""" "messages":[{"role":"user","content":"Hi"}],"stop":["a","b","c","d","e","f"] """)]
    public void Request_ThatCannotBeTranslated_IsRefused(string members) =>
        Assert.Equal(400, GeminiCase.Adapter.CreateRequest(GeminiCase.Target(), GeminiCase.Request("{" + members + "}")).Refusal?.Status);

    [Fact]
    public void Warnings_OfWhatIsChanged_AreGiven()
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(), GeminiCase.Say(
            """[{"role":"user","name":"ann","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]}]""",
            """ "temperature":3,"seed":99999999999,"parallel_tool_calls":false """));

        Assert.Equal(
            "messages.name: dropped; image_url.detail: dropped; parallel_tool_calls: dropped; temperature: lowered to 2; seed: dropped",
            upstream.Warnings);
        Assert.Equal(2, (double)GeminiCase.Body(upstream)["generationConfig"]!["temperature"]!);
    }

    [Fact]
    public void HealthCheck_AsksForOneModel()
    {
        using var message = GeminiCase.Adapter.CreateHealthCheck(GeminiCase.Target());

        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/models?pageSize=1", message.RequestUri!.AbsoluteUri);
        Assert.Equal(["AIza-planted"], message.Headers.GetValues("x-goog-api-key"));
        Assert.DoesNotContain("AIza", message.RequestUri.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelList_AsksForAllModelsInOnePage()
    {
        using var message = GeminiCase.Adapter.CreateModelList(GeminiCase.Target());

        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000", message.RequestUri!.AbsoluteUri);
        Assert.Equal(["AIza-planted"], message.Headers.GetValues("x-goog-api-key"));
    }
}
