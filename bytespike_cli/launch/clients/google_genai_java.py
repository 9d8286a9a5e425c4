"""com.google.genai:google-genai for Java, 1.x and 2.x: the variables of google-genai for Python.

Run at 1.58.0 and 2.0.0. It asks under /v1 unless GOOGLE_GENAI_API_VERSION says otherwise, takes
[DONE] for JSON, and finds nothing in a stream that is an array. `java` and `mvn` run anything, so
`exec` does not know it by its command: `generic` serves it, too.
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="google-genai-java",
    title="google-genai for Java",
    aliases=("com.google.genai:google-genai", "java"),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    # With both keys set it complains on every start.
    off=("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
    extra={"GOOGLE_GENAI_API_VERSION": "v1beta"},
    needs=("done", "json-body", "ids", "paths"),
    snippet=Snippet(
        """\
// Save this as App.java, with com.google.genai:google-genai on the class path; the key is in
// GEMINI_API_KEY. To stream, and for every other call, run it with
// `bytespike exec --client google-genai-java -- java -cp CLASSPATH App.java`.
import com.google.genai.Client;
import com.google.genai.types.HttpOptions;
import java.util.Objects;

public class App {
  public static void main(String[] args) {
    String origin = Objects.requireNonNullElse(System.getenv("GOOGLE_GEMINI_BASE_URL"), "");
    Client client =
        Client.builder()
            .apiKey(System.getenv("GEMINI_API_KEY"))
            .httpOptions(
                HttpOptions.builder()
                    .baseUrl(origin.isEmpty() ? @ORIGIN@ : origin)
                    .apiVersion("v1beta")
                    .build())
            .build();
    System.out.println(client.models.generateContent(@MODEL@, "say hi", null).text());
    System.exit(0);
  }
}
"""
    ),
)
