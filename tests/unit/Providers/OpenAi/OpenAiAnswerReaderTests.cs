using System.Text;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

public sealed class OpenAiAnswerReaderTests
{
    [Theory]
    [InlineData(""" "reasoning_content":"","reasoning":"hm","content":"a" """, "hm")]
    [InlineData(""" "reasoning_content":"hm","reasoning":"hm","content":"a" """, "hm")]
    [InlineData(""" "content":[{"type":"thinking","thinking":"h"},"a"],"reasoning":"m" """, "hm")]
    [InlineData(""" "reasoning":"h","content":[{"type":"thinking","thinking":"m"},"a"] """, "hm")]
    public void Thoughts_UnderEitherNameAndInParts_AreToldInTheirOrder(string members, string thoughts)
    {
        var answer = OpenAiAnswerReader.Read(Encoding.UTF8.GetBytes($$"""{"choices":[{"message":{ {{members}} },"finish_reason":"stop"}]}"""), null);

        Assert.Equal(("a", thoughts), (answer?.Text, answer?.Reasoning));
    }
}
