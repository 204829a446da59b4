package cutaway.interp.check;

import java.util.List;

/// Short English texts of different kinds, for models that are compared on nothing in particular.
final class English {

    static final List<String> TEXTS = List.of(
            "The lighthouse keeper wrote the weather into his book every morning, and after forty years the book was"
                    + " the best record of storms that the coast had.",
            "Water boils at a lower temperature in the mountains because the air above it presses less; an egg that"
                    + " takes six minutes at the sea takes eight up there.",
            "\"You promised to be home by seven,\" Anna said. \"I did,\" her brother answered, \"but the last bus had"
                    + " other plans, and my shoes are not made for snow.\"",
            "To make bread you need flour, water, salt and yeast. Mix them, let the dough rest for an hour, fold it"
                    + " twice, and bake it until the crust is dark brown.",
            "In 1869 the two halves of the railway met in Utah, and a journey from New York to San Francisco, which had"
                    + " taken months, could be made in about a week.",
            "The capital of France is Paris, the capital of Italy is Rome, the capital of Japan is Tokyo, and the"
                    + " capital of Canada is Ottawa, not Toronto.",
            "A function calls itself with a smaller number until it reaches zero: def factorial(n): return 1 if n == 0"
                    + " else n * factorial(n - 1)",
            "Twelve plus nine is twenty-one, twenty-one minus four is seventeen, and seventeen times three is"
                    + " fifty-one; half of that is twenty-five and a half.",
            "The committee shall publish its decision within thirty days; if it does not, the application counts as"
                    + " granted, unless the applicant has agreed to wait longer.",
            "Dear Mr. Okafor, thank you for your letter of 3 March. We are sorry that the lamp arrived broken, and have"
                    + " sent you a new one today. Yours sincerely, the workshop.",
            "Bees tell each other where the flowers are by dancing: the angle of the dance gives the direction from the"
                    + " sun, and its length gives the distance.",
            "The old dog slept by the stove all winter and dreamt, to judge by his paws, of rabbits; in spring he"
                    + " walked to the gate, looked at the fields, and went back in.",
            "Red, orange, yellow, green, blue, violet: the colours of the rainbow always come in the same order,"
                    + " because each is bent a little more than the one before.",
            "When the orchestra had tuned, the conductor waited. Somebody coughed, a chair creaked, and then, so softly"
                    + " that nobody could say when it began, the music was there.",
            "Insulin is made in the pancreas and lets cells take up sugar from the blood; where it is missing, sugar"
                    + " rises, and the body starts to burn fat instead.",
            "Once upon a time there lived a miller who had three sons, and when he died the eldest got the mill, the"
                    + " second got the donkey, and the youngest got only the cat.",
            "The ship left Zürich's lake behind in a story that no map could follow: Señor Núñez, her captain, steered"
                    + " by smell, and his crew of forty-one believed him.",
            "If all cats are animals and Tom is a cat, then Tom is an animal; but if Tom is an animal, it does not"
                    + " follow that he is a cat, for he might be a parrot.",
            "Prices rose by 2.4 % in May, after 2.1 % in April and 1.9 % in March, mostly because of food and rent,"
                    + " while fuel became cheaper for the third month in a row.",
            "Turn left at the church, cross the bridge, and go straight on until you see a yellow house with a blue"
                    + " door; ring twice, and say that Martha sent you.",
            "The comet comes back every seventy-six years. My grandmother saw it as a girl and again as an old woman,"
                    + " and she said that it had not changed at all, unlike the street.",
            "SELECT name, born FROM authors WHERE born < 1900 ORDER BY name; gives the authors who were born before"
                    + " 1900, in alphabetical order, each with the year.",
            "The goalkeeper had studied every penalty that the striker had taken in five seasons, and jumped, without a"
                    + " doubt in his mind, into the wrong corner.",
            "Nobody knows who first thought of writing sounds rather than things, but the idea was so good that nearly"
                    + " all the alphabets of today descend from it.");

    private English() {}
}
